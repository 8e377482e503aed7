import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { type OrganizationRole, organizationRoles } from '@connections/directory/roles';
import { Trimmed } from '../http/clean-text';
import { IsName } from '../http/is-name';
import { PageParameters } from '../http/page-parameters';
import { Describe } from '../openapi/described';
import { longestPassword, shortestPassword } from '@connections/directory/passwords';
import { IsEmailAddress } from './is-email-address';

const notAnEmail = { message: '$property must be an e-mail address, such as ada@example.com.' };
const passwordLength = { message: `$property must have ${shortestPassword} to ${longestPassword} characters.` };
const roleNames = { message: `$property must be one of ${organizationRoles.join(', ')}.` };
const tokenForm = { message: '$property must be the part of the invitation’s link behind the #.' };

export class SignInAttributes {
  @Trimmed()
  @IsEmailAddress(notAnEmail)
  @Describe('Upper and lower case are the same.')
  'email'!: string;

  @IsString()
  @MaxLength(longestPassword, passwordLength)
  @Describe('As it was set.', { format: 'password' })
  'password'!: string;
}

export class ChangePasswordAttributes {
  @IsString()
  @MaxLength(longestPassword, passwordLength)
  @Describe('As it was set before.', { format: 'password' })
  'current-password'!: string;

  @IsString()
  @MinLength(shortestPassword, passwordLength)
  @MaxLength(longestPassword, passwordLength)
  @Describe('What it is to be. Any characters.', { format: 'password' })
  'new-password'!: string;
}

export class ChangeRoleAttributes {
  @IsIn(organizationRoles, roleNames)
  @Describe('What the member may do from now on.')
  'role'!: OrganizationRole;
}

export class CreateInvitationAttributes {
  @Trimmed()
  @IsEmailAddress(notAnEmail)
  @Describe('Whom to invite. Nothing is sent: give them the link.')
  'email'!: string;

  @IsIn(organizationRoles, roleNames)
  @Describe('What they may do once they have joined.')
  'role'!: OrganizationRole;
}

export class ViewInvitationAttributes {
  @IsString()
  @MaxLength(100, tokenForm)
  @Describe('The part of the invitation’s link behind the `#`.')
  'token'!: string;
}

export class AcceptInvitationAttributes extends ViewInvitationAttributes {
  @IsOptional()
  @IsName()
  @Describe('How you are called. Needed by those who have no account yet.')
  'name'?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(longestPassword, passwordLength)
  @Describe(
    'The password that you set for yourself, or the one that your account has. Not needed by those who are signed in.',
    { format: 'password' },
  )
  'password'?: string | null;
}

export class InvitationListParameters extends PageParameters {
  @IsOptional()
  @IsIn(['open'], { message: '$property must be open.' })
  @Describe('Only those that can still be accepted.')
  'filter[state]'?: 'open';
}

export class SignOnParameters {
  // A second slash would lead to another host, and browsers treat a backslash as a slash.
  @Matches(/^\/(?![/\\])[\x21-\x7e]{0,1000}$/, {
    message: '$property must be a path of this service, such as /account.',
  })
  @Describe('Where to go in the end: a path of this service.')
  'return-to' = '/';
}
